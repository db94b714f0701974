package io.hacluster.autoconfigure;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do when the C library cannot be called, most often because the directory
 * for temporary files does not permit execution.
 */
final class NativeAccessFailureAnalyzer extends AbstractFailureAnalyzer<LinkageError> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, LinkageError cause) {
		boolean ofJna = Arrays.stream(cause.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().startsWith("com.sun.jna."));
		if (!ofJna) {
			return null;
		}
		return new FailureAnalysis("The C library cannot be called through JNA: " + cause.getMessage(),
				"Let the JVM execute from its directory for temporary files (not mounted 'noexec'), name another one "
						+ "by the system property 'jna.tmpdir', or run on a platform that JNA supports.",
				cause);
	}

}
