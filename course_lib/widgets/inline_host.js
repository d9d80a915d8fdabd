// Host 1: every frame lies in the page, as one small table for each layer.

class TableSource {
  constructor(data) {
    this.data = data;
    this.sizes = data.meta.controls.map((control) => control.texts.length);
  }

  // The entry of a table over the product of the controls it depends on.
  pick(part, indices) {
    let at = 0;
    for (const control of part.depends) at = at * this.sizes[control] + indices[control];
    return part.entries[part.table[at]];
  }

  async start(explorer) {
    this.explorer = explorer;
    this.book = await new Book(this.data.book, unpackMaps(this.data.meta.maps)).ready();
    this.change(explorer.indices);
  }

  change(indices) {
    if (!this.book) return;
    const panels = {};
    for (const layer of this.data.layers) {
      (panels[layer.panel] ||= []).push(...this.pick(layer, indices));
    }
    this.explorer.show(this.book, { panels, readout: this.pick(this.data.readout, indices) });
  }
}

// The page's data: base64 of deflated JSON.
function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(plain).json();
}

// Bring to life every copy of this explorer that the page holds and that is not yet.
async function mountAll(name) {
  for (const place of document.querySelectorAll(`[data-explorer="${name}"]`)) {
    if (place.dataset.alive) continue;
    place.dataset.alive = "yes";
    const data = await unpack(place.querySelector("script[type='text/plain']").textContent);
    const source = new TableSource(data);
    source.start(new Explorer(place.querySelector(".px-root"), data.meta, source));
  }
}
