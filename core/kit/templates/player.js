"use strict";
// The player of the training kit: one text, the same in every kit. All data is in the page.
(() => {
  const $ = (id) => document.getElementById(id);
  const video = $("video");
  const HALF = 0.0005;
  const steps = [...document.querySelectorAll(".step")].map((item) => ({
    item,
    number: Number(item.dataset.step),
    src: item.dataset.src,
    start: Number(item.dataset.start),
    end: Number(item.dataset.end),
    seek: Number(item.dataset.seek),
    last: Number(item.dataset.last),
    title: `${item.dataset.step}. ${item.dataset.title}`,
  }));
  const strips = [...document.querySelectorAll(".strip")];
  let current = null;
  let looping = false;
  let source = steps.length ? steps[0].src : "";
  let pending = null; // where to go as soon as the video that was just chosen has loaded
  document.documentElement.classList.add("scripted");

  // --- a learning platform, where there is one (SCORM 1.2) ---------------------------------------------------------
  const course = (() => {
    const find = (from) => {
      let place = from;
      for (let hops = 0; place && hops < 8; hops += 1) {
        if (place.API) return place.API;
        if (place.parent === place) break;
        place = place.parent;
      }
      return null;
    };
    let api = null;
    try { api = find(window) || (window.opener && find(window.opener)); } catch { api = null; }
    const call = (name, ...words) => {
      if (!api) return "";
      try { return api[name](...words); } catch { return ""; }
    };
    const wanted = Number(new URLSearchParams(location.search).get("step"));
    const only = steps.some((step) => step.number === wanted) ? wanted : 0;
    const seen = new Set();
    let isOpen = false;
    if (api) {
      isOpen = String(call("LMSInitialize", "")) === "true";
      for (const word of String(call("LMSGetValue", "cmi.suspend_data") || "").split(",")) {
        if (word) seen.add(Number(word));
      }
      const status = call("LMSGetValue", "cmi.core.lesson_status");
      if (isOpen && status !== "completed" && status !== "passed") {
        call("LMSSetValue", "cmi.core.lesson_status", "incomplete");
        call("LMSCommit", "");
      }
    }
    const kept = Number(call("LMSGetValue", "cmi.core.lesson_location")) || 0;
    const started = Date.now();
    return {
      first: only || kept, // 0: from the start of the video
      show(number) {
        seen.add(number);
        if (!isOpen) return;
        call("LMSSetValue", "cmi.core.lesson_location", String(number));
        call("LMSSetValue", "cmi.suspend_data", [...seen].sort((a, b) => a - b).join(","));
        const whole = only ? seen.has(only) : steps.every((step) => seen.has(step.number));
        if (whole) call("LMSSetValue", "cmi.core.lesson_status", "completed");
        call("LMSCommit", "");
      },
      end() {
        if (!isOpen) return;
        isOpen = false;
        const s = Math.floor((Date.now() - started) / 1000);
        const two = (n) => String(n).padStart(2, "0");
        call("LMSSetValue", "cmi.core.session_time", `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`);
        // Without this a platform may forget which steps were seen.
        const status = call("LMSGetValue", "cmi.core.lesson_status");
        call("LMSSetValue", "cmi.core.exit", status === "completed" || status === "passed" ? "" : "suspend");
        call("LMSCommit", "");
        call("LMSFinish", "");
      },
    };
  })();
  addEventListener("pagehide", () => course.end());

  // --- which step is on screen -------------------------------------------------------------------------------------
  const light = (step) => {
    if (step === current) return;
    current = step;
    for (const each of steps) {
      const isNow = each === step;
      each.item.classList.toggle("now", isNow);
      if (isNow) each.item.setAttribute("aria-current", "step");
      else each.item.removeAttribute("aria-current");
    }
    for (const part of document.querySelectorAll(".part")) {
      part.classList.toggle("now", step !== null && Number(part.dataset.step) === step.number);
    }
    const caption = $("caption");
    if (caption) {
      caption.hidden = step === null;
      caption.textContent = step ? step.title : "";
    }
    if (!step) return;
    course.show(step.number);
    keepInView(step.item);
  };
  const keepInView = (item) => {
    const box = item.getBoundingClientRect();
    const player = $("player").getBoundingClientRect();
    const isBelow = getComputedStyle($("player")).position === "sticky" && player.width > innerWidth * 0.9;
    const top = isBelow ? player.bottom : 0;
    if (box.top < top || box.bottom > innerHeight) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      item.scrollIntoView({ block: isBelow ? "start" : "nearest", behavior: calm ? "auto" : "smooth" });
    }
  };
  const stepAt = (time) => steps.find((s) => s.src === source && time >= s.start - HALF && time < s.end - HALF) || null;

  const clockText = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
  const draw = (time) => {
    $("clock").textContent = clockText(time);
    for (const strip of strips) {
      const isShown = strip.dataset.src === source;
      strip.toggleAttribute("hidden", !isShown);
      if (isShown) {
        const x = Math.min(997, (1000 * time) / Number(strip.dataset.length));
        strip.querySelector(".cursor").setAttribute("x", String(Math.max(0, x)));
      }
    }
  };

  // --- moving ------------------------------------------------------------------------------------------------------
  const seek = (time) => {
    if (video.readyState >= 1) video.currentTime = time;
    else pending = time;
  };
  const go = (step) => {
    if (!step) return;
    if (video && step.src !== source) {
      const wasPlaying = !video.paused;
      const rate = video.playbackRate;
      source = step.src;
      pending = step.seek;
      video.src = step.src;
      video.playbackRate = rate;
      if (wasPlaying) video.play().catch(() => {});
    }
    if (video) {
      if (pending === null) seek(step.seek);
      else pending = step.seek;
      draw(step.start);
    }
    light(step);
  };
  const neighbour = (direction) => {
    if (current) return steps[steps.indexOf(current) + direction] || null;
    const time = video ? video.currentTime : 0;
    const here = steps.filter((s) => s.src === source);
    return direction > 0 ? here.find((s) => s.start > time) || null : here.filter((s) => s.start < time).pop() || null;
  };
  const onTime = (time) => {
    if (pending !== null) return;
    const now = current;
    if (now && now.src === source && time >= now.last - HALF && !video.paused && !video.seeking) {
      if (looping) { seek(now.seek); return; }
      const following = steps[steps.indexOf(now) + 1];
      if (following && following.src !== source && time >= now.last - HALF) { go(following); return; }
    }
    draw(time);
    if (!video.seeking && !video.ended) light(stepAt(time));
  };

  if (video) {
    video.controls = false;
    video.addEventListener("loadedmetadata", () => {
      if (pending === null) return;
      video.currentTime = pending;
      pending = null;
    });
    video.addEventListener("seeked", () => onTime(video.currentTime));
    video.addEventListener("timeupdate", () => onTime(video.currentTime));
    video.addEventListener("ended", () => { if (looping && current) { seek(current.seek); video.play().catch(() => {}); } });
    if (video.requestVideoFrameCallback) {
      const onFrame = (_now, frame) => { onTime(frame.mediaTime); video.requestVideoFrameCallback(onFrame); };
      video.requestVideoFrameCallback(onFrame);
    }
    const playing = () => {
      $("player").classList.toggle("playing", !video.paused);
      const word = video.paused ? $("play").dataset.play : $("play").dataset.pause;
      $("play").setAttribute("aria-label", word);
      $("play").title = `${word} (Space)`;
    };
    video.addEventListener("play", playing);
    video.addEventListener("pause", playing);
    const toggle = () => { if (video.paused) video.play().catch(() => {}); else video.pause(); };
    const setLoop = (on) => { looping = on; $("loop").setAttribute("aria-pressed", String(on)); };
    const setSpeed = (index) => {
      const choice = $("speed");
      choice.selectedIndex = Math.max(0, Math.min(choice.options.length - 1, index));
      video.defaultPlaybackRate = video.playbackRate = Number(choice.value);
    };
    const full = () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else if ($("player").requestFullscreen) $("player").requestFullscreen().catch(() => {});
    };
    video.addEventListener("click", toggle);
    $("play").addEventListener("click", toggle);
    $("next").addEventListener("click", () => go(neighbour(1)));
    $("previous").addEventListener("click", () => go(neighbour(-1)));
    $("loop").addEventListener("click", () => setLoop(!looping));
    $("speed").addEventListener("change", () => setSpeed($("speed").selectedIndex));
    $("full").addEventListener("click", full);
    for (const strip of strips) {
      strip.addEventListener("click", (event) => {
        const box = strip.getBoundingClientRect();
        const step = event.target.dataset.step && steps[Number(event.target.dataset.step) - 1];
        if (step && !event.shiftKey) { go(step); return; }
        seek((Number(strip.dataset.length) * (event.clientX - box.left)) / box.width);
      });
    }
    const keys = {
      " ": toggle, k: toggle, n: () => go(neighbour(1)), p: () => go(neighbour(-1)), l: () => setLoop(!looping), f: full,
      "-": () => setSpeed($("speed").selectedIndex - 1), "+": () => setSpeed($("speed").selectedIndex + 1),
      "=": () => setSpeed($("speed").selectedIndex + 1),
      arrowleft: () => seek(Math.max(0, video.currentTime - 1)), arrowright: () => seek(video.currentTime + 1),
    };
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const on = event.target instanceof Element ? event.target.tagName : "";
      if (on === "SELECT" || (event.key === " " && (on === "BUTTON" || on === "SUMMARY" || on === "A"))) return;
      const act = keys[event.key.toLowerCase()];
      if (act) { event.preventDefault(); act(); }
    });
  }

  // --- the page ----------------------------------------------------------------------------------------------------
  for (const step of steps) step.item.querySelector(".go").addEventListener("click", () => go(step));
  $("print").addEventListener("click", () => print());
  $("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
  });
  const first = steps.find((step) => step.number === course.first);
  if (first) go(first);
  else if (video) onTime(video.currentTime);
})();
