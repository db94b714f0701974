package io.hacluster.command;

import io.hacluster.operation.OperationResult;

/**
 * Says what came of an operation.
 */
final class OperationReport {

	private OperationReport() {
	}

	/**
	 * Writes the message of a result, where it belongs.
	 * @param result the result
	 * @param terminal where to write to
	 * @return the exit code
	 */
	static int print(OperationResult result, Terminal terminal) {
		boolean good = switch (result.outcome()) {
			case DONE, ACCEPTED -> true;
			case REFUSED, NOT_CONFIRMED, FAILED, UNKNOWN -> false;
		};
		(good ? terminal.out() : terminal.err()).println(result.message());
		return good ? Command.OK : Command.FAILED;
	}

}
