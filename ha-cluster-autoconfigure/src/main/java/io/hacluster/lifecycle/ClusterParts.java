package io.hacluster.lifecycle;

import org.jspecify.annotations.Nullable;

import io.hacluster.backend.Backend;
import io.hacluster.replication.Replication;
import io.hacluster.vip.VirtualIp;

/**
 * What the two sequences drive. The steps of a part that is absent are skipped.
 *
 * @param replication the replicated database, {@code null} without one
 * @param virtualIp the address that follows the leader, {@code null} without one
 * @param backend the service only the leader runs, {@code null} where the application
 * itself is the service
 */
public record ClusterParts(@Nullable Replication replication, @Nullable VirtualIp virtualIp,
		@Nullable Backend backend) {

}
