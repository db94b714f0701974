package io.hacluster.operation;

/**
 * Text from outside in a message.
 */
final class Printable {

	private Printable() {
	}

	/**
	 * Returns a text without what could write a line of its own into a log or a terminal.
	 * @param text the text
	 * @return the text with a {@code ?} for each control character
	 */
	static String of(String text) {
		return text.replaceAll("\\p{Cntrl}", "?");
	}

}
