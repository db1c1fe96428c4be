// Follows the draft: when there is a newer version the page loads again, at the spot where the reader was.
"use strict";

const place = "place in the letter";
const letter = document.querySelector("iframe");
const text = document.querySelector("pre");
const scroller = () => text || letter?.contentDocument?.scrollingElement;

function goBack() {
  const [address, top] = JSON.parse(sessionStorage.getItem(place) || "[]");
  sessionStorage.removeItem(place);
  if (address === location.href && scroller()) scroller().scrollTop = top;
}

function showLetter() {
  goBack();
  // The letter may run no script and go nowhere itself: its links open beside the preview.
  for (const link of letter.contentDocument.querySelectorAll("a[href]:not([href^='#'])")) link.target = "_blank";
}

if (letter) {
  letter.addEventListener("load", showLetter);
  if (letter.contentDocument?.readyState === "complete" && letter.contentDocument.URL !== "about:blank") showLetter();
} else {
  goBack();
}

const news = new EventSource("/news/" + document.body.dataset.version);
const ended = document.querySelector(".ended");
const showEnded = (yes) => {
  ended.hidden = !yes;
  document.body.classList.toggle("is-ended", yes);
};
news.addEventListener("open", () => showEnded(false));
news.addEventListener("error", () => showEnded(true));
news.addEventListener("message", () => {
  const at = scroller();
  if (at) sessionStorage.setItem(place, JSON.stringify([location.href, at.scrollTop]));
  location.reload();
});
addEventListener("pagehide", () => news.close());
