package io.hacluster.command;

/**
 * An option of a command.
 *
 * @param name without the two hyphens
 * @param value what stands for its value in the help, empty for an option without one; in
 * brackets if the value may be left out
 * @param description one sentence for the help
 */
record Option(String name, String value, String description) {

	static Option flag(String name, String description) {
		return new Option(name, "", description);
	}

	boolean takesValue() {
		return !this.value.isEmpty();
	}

	boolean needsValue() {
		return takesValue() && !this.value.startsWith("[");
	}

	/**
	 * Returns how the option is written.
	 * @return such as {@code --to=FILE}
	 */
	String usage() {
		if (!takesValue()) {
			return "--" + this.name;
		}
		return needsValue() ? "--" + this.name + "=" + this.value : "--" + this.name + "[=" + this.value.substring(1);
	}

}
