package io.hacluster.backend.systemd;

/**
 * How a program has ended.
 *
 * @param exitCode its exit code, {@link #TIMED_OUT} if it had to be ended
 * @param output what it wrote to its standard output
 * @param error what it wrote to its standard error
 */
record ToolResult(int exitCode, String output, String error) {

	/**
	 * No program has this exit code.
	 */
	static final int TIMED_OUT = -1;

	boolean succeeded() {
		return this.exitCode == 0;
	}

	boolean timedOut() {
		return this.exitCode == TIMED_OUT;
	}

	/**
	 * Returns the first line of what went wrong.
	 * @return one line, such as "Access denied"
	 */
	String problem() {
		if (timedOut()) {
			return "no answer in time";
		}
		return this.error.lines()
			.map(String::strip)
			.filter((line) -> !line.isEmpty())
			.findFirst()
			.orElse("exit code " + this.exitCode);
	}

}
