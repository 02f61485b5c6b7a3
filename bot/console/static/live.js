// What is marked data-live follows what happens, every so many seconds; what somebody is typing or has opened is left
// alone. Without this file all works.
"use strict";

const parts = () => [...document.querySelectorAll("[data-live]")];
let asking = false;

function inHand(part) {
  const active = document.activeElement;
  if (part.contains(active) && active.matches("input, textarea, select, summary")) {
    return true;
  }
  if (part.querySelector("details[open]:not([data-open])")) {
    return true;
  }
  for (const field of part.querySelectorAll("input, textarea, select")) {
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked !== field.defaultChecked) return true;
    } else if (field.matches("select")) {
      const first = [...field.options].findIndex((one) => one.defaultSelected);
      if (field.selectedIndex !== Math.max(first, 0)) return true;
    } else if (field.type !== "hidden" && field.value !== field.defaultValue) {
      return true;
    }
  }
  return false;
}

async function follow(fetched, sent = null) {
  const answer = await fetched;
  if (!answer.ok) {
    return;
  }
  const there = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts()) {
    const news = there.getElementById(part.id);
    if (news === null || news.innerHTML === part.innerHTML || (inHand(part) && !part.contains(sent))) {
      continue;
    }
    part.replaceChildren(...news.childNodes);
    window.htmx?.process(part);
  }
}

async function look() {
  if (asking || document.hidden) {
    return;
  }
  asking = true;
  try {
    // A page that renews itself says so: nobody has read what it brings.
    const headers = {"X-Framsteg-Refresh": "1"};
    await follow(fetch(location.pathname + location.search, {credentials: "same-origin", headers}));
  } catch {
    // Nobody answers just now: the page stays as it is.
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
    await follow(fetch(form.action, {method: "POST", body, credentials: "same-origin"}), form);
    form.reset();
  } catch {
    form.submit();
  } finally {
    for (const button of form.querySelectorAll("button")) {
      button.disabled = false;
    }
  }
});

// A page that was refused begins where it says so.
document.getElementById("refused")?.focus();

// What stood in a field before anybody listened (typed early, or kept when the form was refused) is told of now.
document.addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("[hx-trigger^=input]")) {
    if (field.value) field.dispatchEvent(new Event("input", {bubbles: true}));
  }
});

let waited = 0;
setInterval(() => {
  waited += 1;
  const every = Math.min(...parts().map((part) => Number(part.dataset.live) || 15));
  if (waited >= every) {
    waited = 0;
    look();
  }
}, 1000);
