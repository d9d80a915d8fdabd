// A button that moves a slider on to its end, or from its start if it is there.
function playButton(explorer, input, label) {
  const button = ownKeys(make("button", { type: "button", class: "px-play" }));
  let timer = 0;
  const move = (value) => {
    input.value = value;
    input.dispatchEvent(new Event("input"));
  };
  const turn = (on) => {
    clearInterval(timer);
    timer = on ? setInterval(step, 250) : 0;
    button.textContent = on ? "❚❚" : "▶";
    button.setAttribute("aria-label", `${on ? "Pause" : "Play"}: ${label}`);
    explorer.readout.setAttribute("aria-live", on ? "off" : "polite");
  };
  const step = () => {
    if (explorer.root.isConnected) move(Number(input.value) + 1);
    if (!explorer.root.isConnected || input.value === input.max) turn(false);
  };
  button.addEventListener("click", () => {
    if (!timer && input.value === input.max) move(0);
    turn(!timer);
  });
  turn(false);
  return button;
}
