// Host 2: Python answers. At most one question is under way; of those that come
// up meanwhile only the latest of each kind is kept, so that drags never queue.

class PythonSource {
  constructor(model) {
    this.model = model;
    this.maps = unpackMaps(model.get("meta").maps);
    this.waiting = new Map();
    this.busy = false;
    this.onMessage = (message) => this.receive(message);
    model.on("msg:custom", this.onMessage);
  }

  start(explorer) {
    this.explorer = explorer;
    this.ask("frame", { kind: "frame" });
  }

  change(indices, place) {
    this.ask("control" + place, { kind: "control", control: place, index: indices[place] });
  }

  event(event) {
    this.ask(event.kind + event.handle, event);
  }

  ask(topic, question) {
    this.waiting.set(topic, question);
    this.next();
  }

  next() {
    if (this.busy || !this.waiting.size) return;
    const [topic, question] = this.waiting.entries().next().value;
    this.waiting.delete(topic);
    this.busy = true;
    this.model.send(question);
  }

  async receive(answer) {
    this.busy = false;
    this.next();
    if (answer.error) this.explorer.fail(answer.error);
    else this.explorer.show(await new Book(answer.book, this.maps).ready(), answer.frame);
  }

  stop() {
    this.model.off("msg:custom", this.onMessage);
  }
}

function render({ model, el }) {
  const root = make("div", { class: "px-root" });
  el.append(make("div", { class: "px-host" }, root));
  const source = new PythonSource(model);
  source.start(new Explorer(root, model.get("meta"), source));
  return () => source.stop();
}

export default { render };
