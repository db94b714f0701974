package io.hacluster.backend.docker;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.github.dockerjava.api.exception.DockerException;
import org.jspecify.annotations.Nullable;

import io.hacluster.backend.BackendException;

/**
 * Says in one line what went wrong with the engine, and which property it is about.
 */
final class EngineFailures {

	private static final String PREFIX = "'ha.cluster.backend.docker.";

	/** The engine answers errors with a JSON object of this one member. */
	private static final Pattern MESSAGE = Pattern.compile("\\{\"message\":\"((?:[^\"\\\\]|\\\\.)*)\"");

	private final DockerSettings settings;

	EngineFailures(DockerSettings settings) {
		this.settings = settings;
	}

	/**
	 * The engine did not answer in time.
	 */
	EngineUnavailableException silence(Duration timeout) {
		return new EngineUnavailableException("The Docker engine at " + this.settings.socket()
				+ " has not answered within " + timeout.toMillis() + " ms", null);
	}

	/**
	 * The engine could not be asked, or refused.
	 */
	BackendException translate(@Nullable Throwable failure) {
		if (failure instanceof ExecutionException wrapped) {
			return translate(wrapped.getCause());
		}
		if (failure instanceof BackendException known) {
			return known;
		}
		if (failure instanceof DockerException refusal) {
			String text = text(refusal);
			return new BackendException(explain(text), refusal);
		}
		Throwable root = root(failure);
		if (root instanceof IOException) {
			return unavailable(root, failure);
		}
		return new BackendException("The Docker engine could not be asked: " + root, failure);
	}

	private EngineUnavailableException unavailable(Throwable root, @Nullable Throwable failure) {
		String at = "The Docker engine at " + this.settings.socket();
		String message = String.valueOf(root.getMessage());
		if (message.contains("ermission denied")) {
			return new EngineUnavailableException(at + " may not be used by the user '"
					+ System.getProperty("user.name") + "': make it a member of the group that owns the socket, "
					+ "usually 'docker', and start this application again", failure);
		}
		if (!Files.exists(this.settings.socket())) {
			return new EngineUnavailableException(
					at + " is not there: no such socket (" + PREFIX + "host'). Is the engine installed and running?",
					failure);
		}
		if (root instanceof ConnectException) {
			return new EngineUnavailableException(
					at + " does not run: the socket is there, but nobody listens (" + PREFIX + "host')", failure);
		}
		return new EngineUnavailableException(at + " cannot be asked: " + message, failure);
	}

	private String explain(String text) {
		String lower = text.toLowerCase(Locale.ROOT);
		if (lower.contains("no such image")) {
			return "There is no image '" + this.settings.image() + "' (" + PREFIX + "image', " + PREFIX
					+ "pull-policy'): " + text;
		}
		if (lower.contains("port is already allocated") || lower.contains("address already in use")) {
			return "A port of " + this.settings.ports() + " (" + PREFIX + "ports') is taken by something else: " + text;
		}
		if (lower.contains("cannot assign requested address")) {
			return "An address of " + this.settings.ports() + " (" + PREFIX + "ports') is not on this machine: " + text;
		}
		if (lower.contains("network") && lower.contains("not found")) {
			return "There is no network '" + this.settings.network() + "' (" + PREFIX + "network'): " + text;
		}
		if (lower.contains("bind source path does not exist") || lower.contains("invalid mount config")
				|| lower.contains("invalid volume") || lower.contains("duplicate mount point")) {
			return "A volume of " + this.settings.volumes() + " (" + PREFIX + "volumes') cannot be mounted: " + text;
		}
		if (lower.contains("container name") && lower.contains("already in use")) {
			return "Somebody else has just made a container named '" + this.settings.container() + "' (" + PREFIX
					+ "container'): " + text;
		}
		return "The Docker engine says: " + text;
	}

	private static String text(DockerException failure) {
		String message = String.valueOf(failure.getMessage());
		Matcher matcher = MESSAGE.matcher(message);
		String text = matcher.find() ? matcher.group(1).replaceAll("\\\\(.)", "$1") : message;
		return text.replaceAll("\\s+", " ").strip();
	}

	private static @Nullable Throwable root(@Nullable Throwable failure) {
		Throwable root = failure;
		while (root != null && root.getCause() != null && root.getCause() != root) {
			root = root.getCause();
		}
		return root;
	}

}
