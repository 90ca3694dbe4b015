// Letters whose font is still on its way are boxes, and Chromium keeps some of them after it has come:
// text is drawn anew then.
(() => {
  let times = 0;
  const anew = () => {
    times += 1; // any number is the same to the eye, and a new one is measured anew
    document.documentElement.style.fontFeatureSettings = `"kern" ${times}`;
  };
  document.fonts.ready.then(anew);
  document.fonts.addEventListener("loadingdone", anew);
})();
