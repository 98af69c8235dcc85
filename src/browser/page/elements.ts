/** What an element may bear when it is made; `data` becomes data-… attributes. Text is always text, never markup. */
export type Bears = {
  readonly class?: string;
  readonly text?: string;
  readonly label?: string;
  readonly dir?: "auto";
  readonly data?: Readonly<Record<string, string>>;
};

/** A new element with its children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  bears: Bears = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (bears.class !== undefined) made.className = bears.class;
  if (bears.text !== undefined) made.textContent = bears.text;
  if (bears.label !== undefined) made.setAttribute("aria-label", bears.label);
  if (bears.dir !== undefined) made.dir = bears.dir;
  for (const [name, value] of Object.entries(bears.data ?? {})) made.dataset[name] = value;
  made.append(...children);
  return made;
}

/** A button that does something and never sends a form. */
export function button(bears: Bears, work: () => void, ...children: readonly (Node | string)[]): HTMLButtonElement {
  const made = element("button", bears, ...children);
  made.type = "button";
  made.onclick = work;
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** One of the page's drawings (pages/icons.tsx). */
export function icon(name: string): SVGSVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  drawing.append(use);
  return drawing;
}

/** One row of a list: its element, and how it follows what it shows. */
export type Row<Item> = { readonly element: HTMLElement; readonly show: (item: Item) => void };

/**
 * A list that follows its items by key: rows stay where they are as long as their item does, so that neither the keyboard's place nor an
 * open menu is lost when somebody else comes or goes.
 */
export class List<Item> {
  readonly #parent: HTMLElement;
  readonly #keyOf: (item: Item) => string;
  readonly #make: (item: Item) => Row<Item>;
  readonly #rows = new Map<string, Row<Item>>();

  constructor(parent: HTMLElement, keyOf: (item: Item) => string, make: (item: Item) => Row<Item>) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#make = make;
  }

  /** @param next takes the keyboard's place if the row that had it goes */
  show(items: readonly Item[], next?: () => HTMLElement): void {
    const wanted = new Set(items.map(this.#keyOf));
    let lost = false;
    for (const [key, row] of this.#rows) {
      if (wanted.has(key)) continue;
      lost ||= row.element.contains(document.activeElement);
      row.element.remove();
      this.#rows.delete(key);
    }
    for (const [index, item] of items.entries()) {
      const row = this.#rowOf(item);
      row.show(item);
      const there = this.#parent.children[index];
      if (there !== row.element) this.#parent.insertBefore(row.element, there ?? null);
    }
    if (lost) next?.().focus();
  }

  #rowOf(item: Item): Row<Item> {
    const key = this.#keyOf(item);
    const row = this.#rows.get(key) ?? this.#make(item);
    this.#rows.set(key, row);
    return row;
  }
}
