// Makes and updates elements. Text is only ever set as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes ?? {})) {
		setAttribute(element, name, value);
	}
	element.append(...children.filter((child) => child !== null && child !== undefined));
	return element;
}

export function el(tag, attributes, ...children) {
	return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
	return fill(document.createElementNS(SVG, tag), attributes, children);
}

export function byId(id) {
	return document.getElementById(id);
}

export function setAttribute(element, name, value) {
	if (value === null || value === undefined || value === false) {
		element.removeAttribute(name);
	}
	else if (element.getAttribute(name) !== String(value)) {
		element.setAttribute(name, value === true ? "" : value);
	}
}

// Leaves what has not changed alone, so that nothing flickers, and what is focused or selected stays so.
export function setText(element, text) {
	if (element.textContent !== text) {
		element.textContent = text;
	}
}

// Brings the children of an element in line with a list, and keeps those that are there already.
export function reconcile(parent, items, key, create, update) {
	const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
	let position = parent.firstElementChild;
	for (const item of items) {
		const name = String(key(item));
		let child = present.get(name);
		present.delete(name);
		if (!child) {
			child = create(item);
			child.dataset.key = name;
		}
		update(child, item);
		if (child === position) {
			position = position.nextElementSibling;
		}
		else {
			parent.insertBefore(child, position);
		}
	}
	present.forEach((child) => child.remove());
}
