package io.hacluster.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.hacluster.election.local.UnusableDirectoryException;

/**
 * Says what to do about a directory that the local store cannot use.
 */
final class UnusableDirectoryFailureAnalyzer extends AbstractFailureAnalyzer<UnusableDirectoryException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnusableDirectoryException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Create the directory " + cause.directory().toAbsolutePath()
						+ " and let the user of this application write to it, or correct 'ha.cluster.local.directory'.",
				cause);
	}

}
