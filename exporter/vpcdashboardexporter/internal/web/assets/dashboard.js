// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// The pages work without this. With it they refresh themselves, can be switched between light and dark, and copy.
"use strict";

(() => {
  const every = 10_000; // milliseconds between refreshes
  const root = document.documentElement;

  // The choice of light or dark is made before anything is drawn.
  const stored = (value) => {
    try {
      if (value === undefined) return localStorage.getItem("theme");
      localStorage.setItem("theme", value);
    } catch { /* the browser keeps nothing: the choice lasts for the page */ }
    return null;
  };
  const wanted = stored();
  if (wanted === "light" || wanted === "dark") root.dataset.theme = wanted;

  const dark = () => root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;

  function themeSwitch() {
    const button = document.querySelector("[data-theme-switch]");
    const label = () => { button.textContent = dark() ? "Light" : "Dark"; };
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      stored(root.dataset.theme);
      label();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
    label();
    button.hidden = false;
  }

  function copyButtons() {
    for (const button of document.querySelectorAll("[data-copy]")) {
      if (!navigator.clipboard) continue; // there is none without TLS, other than on localhost
      button.hidden = false;
      button.onclick = async () => {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
        say("Copied");
      };
    }
  }

  function say(text) {
    document.querySelector("[data-status]").textContent = text;
    document.querySelector("[data-fresh]").textContent = text;
  }

  // A path that finds the same element in the next version of the page: by id, or by place below what has one.
  function pathOf(element, top) {
    const steps = [];
    for (let e = element; e && e !== top; e = e.parentElement) {
      if (e.id) return { id: e.id, steps };
      steps.unshift([...e.parentElement.children].indexOf(e));
    }
    return { steps };
  }

  function follow(path, top) {
    let e = path.id ? document.getElementById(path.id) : top;
    for (const step of path.steps) e = e?.children[step];
    return e;
  }

  // swap replaces the live part, and keeps what was open, where one had scrolled to and what had the focus.
  function swap(live, next) {
    const open = [...live.querySelectorAll("details[open]")].map((e) => e.id);
    const scrolled = [...live.querySelectorAll(".scroll")]
      .filter((e) => e.scrollLeft || e.scrollTop)
      .map((e) => [pathOf(e, live), e.scrollLeft, e.scrollTop]);
    const focused = live.contains(document.activeElement) ? pathOf(document.activeElement, live) : null;
    const [x, y] = [scrollX, scrollY];

    live.replaceChildren(...next.childNodes);
    live.dataset.marker = next.dataset.marker;

    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    for (const [path, left, top] of scrolled) {
      const e = follow(path, live);
      if (e) [e.scrollLeft, e.scrollTop] = [left, top];
    }
    if (focused) follow(focused, live)?.focus({ preventScroll: true });
    scrollTo(x, y);
    copyButtons();
  }

  function refreshing() {
    const pause = document.querySelector("[data-pause]");
    const fresh = document.querySelector("[data-fresh]");
    let paused = false;
    let busy = false;

    async function refresh() {
      const live = document.querySelector("[data-live]");
      if (paused || busy || document.hidden || !live || !getSelection().isCollapsed) return;
      busy = true;
      try {
        const response = await fetch(location.href, { signal: AbortSignal.timeout(every) });
        if (!response.ok) throw new Error(`status ${response.status}`);
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const next = page.querySelector("[data-live]");
        if (!next) throw new Error("another page");
        const news = next.dataset.marker !== live.dataset.marker;
        if (next.innerHTML !== live.innerHTML || news) swap(live, next);
        fresh.textContent = `Updated ${new Date().toISOString().slice(11, 19)} UTC`;
        fresh.classList.remove("stale");
        if (news) document.querySelector("[data-status]").textContent = "There is news of alerts.";
      } catch {
        fresh.textContent = "The collector does not answer";
        fresh.classList.add("stale");
      } finally {
        busy = false;
      }
    }

    pause.hidden = false;
    pause.setAttribute("aria-pressed", "false");
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.setAttribute("aria-pressed", String(paused));
      fresh.textContent = paused ? "Paused" : "";
      refresh();
    });
    document.addEventListener("visibilitychange", refresh);
    document.addEventListener("dashboard:refresh", refresh);
    setInterval(refresh, every);
  }

  document.addEventListener("DOMContentLoaded", () => {
    themeSwitch();
    copyButtons();
    if (document.querySelector("[data-live]")) refreshing();
  });
})();
