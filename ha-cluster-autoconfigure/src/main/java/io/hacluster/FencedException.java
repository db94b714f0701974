package io.hacluster;

/**
 * A newer leader has fenced this one: nothing that it sends is accepted any more, and it
 * must not try again under the same epoch.
 */
public class FencedException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	public FencedException(String message) {
		super(message);
	}

}
