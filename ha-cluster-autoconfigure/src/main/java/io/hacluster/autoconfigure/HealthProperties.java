package io.hacluster.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What health judges, below {@code ha.cluster.health}.
 *
 * @param maxLag How far a follower may be behind the log before its health is DOWN.
 * Without it, that is not judged.
 */
public record HealthProperties(@Nullable Duration maxLag) {
}
