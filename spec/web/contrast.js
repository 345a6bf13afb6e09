// Texts whose contrast with what is behind them is below that of WCAG 2, level AA: 4.5, or 3 of large ones.
const parse = (colour) => {
   const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
   return {parts: [red, green, blue], alpha};
};
const mix = (top, below) => top.parts.map((part, i) => part * top.alpha + below[i] * (1 - top.alpha));
const behind = (node) => node ? mix(parse(getComputedStyle(node).backgroundColor), behind(node.parentElement))
   : [255, 255, 255];
const luminance = (parts) => parts.map((part) => part / 255)
   .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
   .reduce((all, part, i) => all + part * [0.2126, 0.7152, 0.0722][i], 0);

const complaintOf = (node) => {
   const style = getComputedStyle(node);
   const back = behind(node);
   const [low, high] = [luminance(back), luminance(mix(parse(style.color), back))].sort((a, b) => a - b);
   const ratio = (high + 0.05) / (low + 0.05);
   const size = parseFloat(style.fontSize);
   const isLarge = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
   return ratio < (isLarge ? 3 : 4.5) && `${ratio.toFixed(2)}: ${node.textContent.trim().slice(0, 40)}`;
};

return [...document.body.querySelectorAll("*")]
   .filter((node) => node.checkVisibility() && !node.matches(":disabled, :disabled *")
      && [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim()))
   .map(complaintOf).filter(Boolean);
