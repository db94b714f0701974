package io.hacluster.console;

/**
 * Asks a page what those who see little or nothing of it, or have no mouse, need from it.
 */
final class Accessibility {

	/**
	 * Text that is visible and has a contrast below what WCAG 2.2 asks for at level AA.
	 */
	static final String FAINT = """
			(() => {
				const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
				const luminance = (color) => {
					const [r, g, b] = numbers(color).map((part) => part / 255)
						.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
					return 0.2126 * r + 0.7152 * g + 0.0722 * b;
				};
				const ground = (element) => {
					for (let at = element; at; at = at.parentElement) {
						const color = getComputedStyle(at).backgroundColor;
						if (numbers(color).length === 3) {
							return color;
						}
					}
					return "rgb(255, 255, 255)";
				};
				const faint = [];
				for (const element of document.querySelectorAll("body *")) {
					const text = [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim()).map((node) => node.data).join("");
					if (!text || !element.checkVisibility() || element.closest(".unseen, noscript")) {
						continue;
					}
					const style = getComputedStyle(element);
					const color = element.namespaceURI.endsWith("svg") ? style.fill : style.color;
					const [light, dark] = [luminance(color), luminance(ground(element))].sort((a, b) => b - a);
					const size = parseFloat(style.fontSize);
					const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
					const contrast = (light + 0.05) / (dark + 0.05);
					if (contrast < (large ? 3 : 4.5)) {
						faint.push(`${text.trim()} ${contrast.toFixed(2)}`);
					}
				}
				return faint.join("; ");
			})()
			""";

	/**
	 * What can be operated and is smaller than 24 by 24 pixels, unless it stands in a
	 * line of text.
	 */
	static final String SMALL = """
			[...document.querySelectorAll("button, summary, input, dialog a")]
				.filter((element) => element.checkVisibility())
				.map((element) => [element.closest("label") ?? element, element])
				.filter(([place]) => place.getBoundingClientRect().height < 24 || place.getBoundingClientRect().width < 24)
				.map(([, element]) => element.outerHTML).join("; ")
			""";

	/**
	 * How far the page is wider than the window.
	 */
	static final String OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

	/**
	 * What of the table of members is cut off, or sticks out of the part of the page that
	 * it is in, and which words of columns but the first have no room in one line.
	 */
	static final String SQUEEZED = """
			(() => {
				const table = document.querySelector(".members");
				const room = table.parentElement.getBoundingClientRect();
				const squeezed = [];
				for (const element of [table, ...table.querySelectorAll("th, td, .name, .labels")]) {
					const { left, right } = element.getBoundingClientRect();
					const outside = left < room.left - 1 || right > room.right + 1;
					const clipped = getComputedStyle(element).overflow !== "visible";
					if (element.checkVisibility() && !element.closest("thead") && (outside || clipped || element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)) {
						squeezed.push(`${element.tagName} ${element.className} is ${outside ? "outside" : clipped ? "clipped" : "too narrow"}`);
					}
				}
				for (const cell of table.querySelectorAll("tbody td")) {
					const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
					while (walker.nextNode()) {
						for (const word of walker.currentNode.data.matchAll(/\\S+/g)) {
							const range = document.createRange();
							range.setStart(walker.currentNode, word.index);
							range.setEnd(walker.currentNode, word.index + word[0].length);
							if (range.getClientRects().length > 1) {
								squeezed.push(word[0]);
							}
						}
					}
				}
				return squeezed.join("; ");
			})()
			""";

	/**
	 * What has the focus, and whether that is to be seen.
	 */
	static final String FOCUS = """
			(() => {
				const element = document.activeElement;
				const seen = element.matches(":focus-visible") && getComputedStyle(element).outlineStyle !== "none"
					&& parseFloat(getComputedStyle(element).outlineWidth) >= 2;
				return `${(element.id || (element.matches("a, summary") ? element.innerText : element.tagName)).trim()}${seen ? "" : " (not to be seen)"}`;
			})()
			""";

	private Accessibility() {
	}

}
