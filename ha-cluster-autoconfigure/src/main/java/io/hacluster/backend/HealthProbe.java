package io.hacluster.backend;

/**
 * Asks a running service whether it serves.
 */
@FunctionalInterface
public interface HealthProbe {

	/**
	 * Asks once. Bounded in time, never throws.
	 * @return {@link BackendHealth.Status#UP} or {@link BackendHealth.Status#DOWN}
	 */
	BackendHealth check();

}
