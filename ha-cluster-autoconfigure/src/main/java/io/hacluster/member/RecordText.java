package io.hacluster.member;

import org.jspecify.annotations.Nullable;

/**
 * The text of records: it ends up in logs, on terminals and in pages, so it has no
 * control characters, and a length.
 */
final class RecordText {

	/**
	 * The greatest length of a word such as the name of a state.
	 */
	static final int WORD = 64;

	/**
	 * The greatest length of an address.
	 */
	static final int ADDRESS = 255;

	/**
	 * The greatest length of text for people.
	 */
	static final int SENTENCE = 1000;

	private RecordText() {
	}

	/**
	 * Returns whether there are neither control characters nor halves of characters.
	 */
	static boolean isClean(String text) {
		return text.codePoints().allMatch(RecordText::isClean);
	}

	private static boolean isClean(int character) {
		int type = Character.getType(character);
		return type != Character.CONTROL && type != Character.SURROGATE && type != Character.FORMAT
				&& type != Character.LINE_SEPARATOR && type != Character.PARAGRAPH_SEPARATOR;
	}

	/**
	 * Makes text of this node fit for a record.
	 * @param text the text
	 * @param maxLength what is beyond it is cut off
	 * @return text that {@link #isClean}
	 */
	static String clean(String text, int maxLength) {
		StringBuilder clean = new StringBuilder();
		text.codePoints().forEach((character) -> {
			int fit = isClean(character) ? character : ' ';
			if (clean.length() + Character.charCount(fit) <= maxLength) {
				clean.appendCodePoint(fit);
			}
		});
		return clean.toString();
	}

	static @Nullable String cleanOrNull(@Nullable String text, int maxLength) {
		return (text != null) ? clean(text, maxLength) : null;
	}

}
