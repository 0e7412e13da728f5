// What people with weak eyes or large fingers would miss; each function returns the places, none when all is well.
({
  unreadable() {
    const parse = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]) =>
      0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    const ground = (node) => {
      const color = node ? parse(getComputedStyle(node).backgroundColor) : [255, 255, 255];
      return color.length === 3 ? color : ground(node.parentElement);
    };
    const worded = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    return [...document.querySelectorAll("body *")]
      .filter((node) => node.checkVisibility() && worded(node))
      .map((node) => {
        const [dark, bright] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((a, b) => a - b);
        return [node.textContent.trim().slice(0, 30), (bright + 0.05) / (dark + 0.05)];
      })
      .filter(([, contrast]) => contrast < 4.5);
  },

  smallTargets() {
    return [...document.querySelectorAll("button, a, select, textarea, label:has(input), input[type=search]")]
      .filter((node) => node.checkVisibility() && !node.matches(".skip, .about a"))
      .filter((node) => Math.min(node.offsetHeight, node.offsetWidth) < 44)
      .map((node) => `${node.outerHTML.slice(0, 60)} ${node.offsetWidth}x${node.offsetHeight}`);
  },

  tooWide() {
    return [document.documentElement, ...document.querySelectorAll(".log")]
      .filter((node) => node.scrollWidth > node.clientWidth)
      .map((node) => `${node.id || "page"} ${node.scrollWidth}>${node.clientWidth}`);
  },
})
