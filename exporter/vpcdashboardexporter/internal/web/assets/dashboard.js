// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// The pages work without this script. It adds automatic refresh, a switch between light and dark, and copy buttons.
"use strict";

(() => {
  const refreshInterval = 10_000; // milliseconds
  const root = document.documentElement;

  // The theme is set before anything is drawn.
  const storedTheme = (value) => {
    try {
      if (value === undefined) return localStorage.getItem("theme");
      localStorage.setItem("theme", value);
    } catch { /* no storage: the choice lasts for this page */ }
    return null;
  };
  const theme = storedTheme();
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  const dark = () => root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;

  function initThemeSwitch() {
    const button = document.querySelector("[data-theme-switch]");
    const label = () => { button.textContent = dark() ? "Light" : "Dark"; };
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      storedTheme(root.dataset.theme);
      label();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
    label();
    button.hidden = false;
  }

  function initCopyButtons() {
    for (const button of document.querySelectorAll("[data-copy]")) {
      if (!navigator.clipboard) continue; // it needs TLS or localhost
      button.hidden = false;
      button.onclick = async () => {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
        announce("Copied");
      };
    }
  }

  function announce(text) {
    document.querySelector("[data-status]").textContent = text;
    document.querySelector("[data-fresh]").textContent = text;
  }

  // pathOf returns a path that finds the same element in the refreshed page: an ancestor's id and the positions below it.
  function pathOf(element, top) {
    const steps = [];
    for (let e = element; e && e !== top; e = e.parentElement) {
      if (e.id) return { id: e.id, steps };
      steps.unshift([...e.parentElement.children].indexOf(e));
    }
    return { steps };
  }

  // resolve returns the element of a path.
  function resolve(path, top) {
    let e = path.id ? document.getElementById(path.id) : top;
    for (const step of path.steps) e = e?.children[step];
    return e;
  }

  // replaceContent replaces the live part of the page. It keeps open details, scroll positions and the focus.
  function replaceContent(live, next) {
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
      const e = resolve(path, live);
      if (e) [e.scrollLeft, e.scrollTop] = [left, top];
    }
    if (focused) resolve(focused, live)?.focus({ preventScroll: true });
    scrollTo(x, y);
    initCopyButtons();
  }

  function initRefresh() {
    const pause = document.querySelector("[data-pause]");
    const fresh = document.querySelector("[data-fresh]");
    let paused = false;
    let busy = false;

    async function refresh() {
      const live = document.querySelector("[data-live]");
      if (paused || busy || document.hidden || !live || !getSelection().isCollapsed) return;
      busy = true;
      try {
        const response = await fetch(location.href, { signal: AbortSignal.timeout(refreshInterval) });
        if (!response.ok) throw new Error(`status ${response.status}`);
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const next = page.querySelector("[data-live]");
        if (!next) throw new Error("unexpected page");
        const alertsChanged = next.dataset.marker !== live.dataset.marker;
        if (next.innerHTML !== live.innerHTML || alertsChanged) replaceContent(live, next);
        fresh.textContent = `Updated ${new Date().toISOString().slice(11, 19)} UTC`;
        fresh.classList.remove("stale");
        if (alertsChanged) document.querySelector("[data-status]").textContent = "The alerts have changed.";
      } catch {
        fresh.textContent = "No response from the collector";
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
    setInterval(refresh, refreshInterval);
  }

  document.addEventListener("DOMContentLoaded", () => {
    initThemeSwitch();
    initCopyButtons();
    if (document.querySelector("[data-live]")) initRefresh();
  });
})();
