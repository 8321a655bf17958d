// The search from a folder: no browser starts a worker from file://, so a hidden frame of the page stands in for one.
// It writes no script into the frame, which the page's content security policy would refuse.
"use strict";
if (location.protocol === "file:") {
  const load = (page, address) => new Promise((resolve, reject) => {
    const script = page.createElement("script");
    script.onload = resolve;
    script.onerror = reject;
    script.src = address;
    page.body.append(script);
  });
  // By this name the search knows that it runs in a frame, and where its other parts are.
  window.Worker = window.IFrameWorker = class extends EventTarget {
    constructor(address) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => {
        const told = new MessageEvent("message", { data });
        this.dispatchEvent(told);
        if (this.onmessage) this.onmessage(told);
      };
      inside.importScripts = (...addresses) =>
        addresses.reduce((before, next) => before.then(() => load(inside.document, next)), Promise.resolve());
      this.ready = load(inside.document, new URL(address, location).href);
    }
    postMessage(data) {
      this.ready.then(() => {
        const inside = this.frame.contentWindow;
        inside.dispatchEvent(new inside.MessageEvent("message", { data: structuredClone(data) }));
      });
    }
    terminate() {
      this.frame.remove();
    }
  };
}
