package io.hacluster.backend.docker;

import java.util.List;
import java.util.Map;

import com.github.dockerjava.api.command.HealthState;
import com.github.dockerjava.api.command.HealthStateLog;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.RestartPolicy;
import org.jspecify.annotations.Nullable;

import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;

/**
 * What the engine says of a container, without the fields that may be absent.
 *
 * @param inspection the answer
 */
record ContainerState(InspectContainerResponse inspection) {

	private static final int MAX_OUTPUT = 300;

	String id() {
		return this.inspection.getId();
	}

	boolean isRunning() {
		return Boolean.TRUE.equals(this.inspection.getState().getRunning());
	}

	/**
	 * Returns the process id of its first process, 0 if it does not run or cannot be seen
	 * by that id, because this JVM runs in a container itself.
	 */
	long pid() {
		Long pid = this.inspection.getState().getPidLong();
		return (pid != null && ContainerKill.isProcessOf(pid, id())) ? pid : 0;
	}

	boolean isVisible() {
		return pid() > 0;
	}

	@Nullable String label(String name) {
		Map<String, String> labels = this.inspection.getConfig().getLabels();
		return (labels != null) ? labels.get(name) : null;
	}

	/**
	 * Returns the restart policy, "no" if there is none.
	 */
	String restartPolicy() {
		RestartPolicy policy = this.inspection.getHostConfig().getRestartPolicy();
		return (policy == null || policy.getName() == null || policy.getName().isEmpty()) ? "no" : policy.getName();
	}

	/**
	 * Returns how the container is, by its own health check if it has one.
	 */
	BackendHealth health() {
		InspectContainerResponse.ContainerState state = this.inspection.getState();
		if (Boolean.TRUE.equals(state.getPaused())) {
			return new BackendHealth(Status.DOWN, "is paused");
		}
		HealthState health = state.getHealth();
		String status = (health != null && health.getStatus() != null) ? health.getStatus() : "none";
		return switch (status) {
			case "healthy" -> new BackendHealth(Status.UP, "is healthy by its own check");
			case "starting" -> new BackendHealth(Status.DOWN, "has not been checked successfully yet" + lastCheck());
			case "unhealthy" -> new BackendHealth(Status.DOWN, "is unhealthy by its own check" + lastCheck());
			default -> new BackendHealth(Status.UP, "runs");
		};
	}

	private String lastCheck() {
		HealthState health = this.inspection.getState().getHealth();
		List<HealthStateLog> log = (health != null) ? health.getLog() : null;
		if (log == null || log.isEmpty()) {
			return "";
		}
		HealthStateLog last = log.get(log.size() - 1);
		String output = (last.getOutput() != null) ? last.getOutput().strip().replaceAll("\\s+", " ") : "";
		return ": code " + last.getExitCodeLong()
				+ (output.isEmpty() ? "" : ", " + output.substring(0, Math.min(output.length(), MAX_OUTPUT)));
	}

	/**
	 * Returns how the container ended.
	 */
	String exit() {
		InspectContainerResponse.ContainerState state = this.inspection.getState();
		Long code = state.getExitCodeLong();
		StringBuilder text = new StringBuilder("exited with code ").append((code != null) ? code : -1);
		if (code != null && code > 128 && code < 160) {
			text.append(" (signal ").append(code - 128).append(')');
		}
		if (Boolean.TRUE.equals(state.getOOMKilled())) {
			text.append(", killed because it used more memory than it may "
					+ "('ha.cluster.backend.docker.resources.memory')");
		}
		if (state.getError() != null && !state.getError().isBlank()) {
			text.append(" (").append(state.getError().strip()).append(')');
		}
		return text.toString();
	}

}
