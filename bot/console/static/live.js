// What is marked data-live follows what happens; what somebody is typing is left alone. Without this file all works.
"use strict";

const PAUSE = 2500;
let asking = false;

async function follow(fetched) {
  const answer = await fetched;
  const there = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const news = there.getElementById(part.id);
    if (news === null || news.innerHTML === part.innerHTML) {
      continue;
    }
    part.replaceChildren(...news.childNodes);
  }
}

async function look() {
  if (asking || document.hidden) {
    return;
  }
  asking = true;
  try {
    await follow(fetch(location.pathname + location.search, {credentials: "same-origin"}));
  } catch {
    // The demo has been stopped: the page stays as it is.
  } finally {
    asking = false;
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-quiet]")) {
    return;
  }
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  body.set("back", location.pathname + location.search);
  for (const button of form.querySelectorAll("button")) {
    button.disabled = true;
  }
  try {
    await follow(fetch(form.action, {method: "POST", body, credentials: "same-origin"}));
    form.reset();
  } catch {
    form.submit();
  } finally {
    for (const button of form.querySelectorAll("button")) {
      button.disabled = false;
    }
  }
});

setInterval(look, PAUSE);
