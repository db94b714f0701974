package io.hacluster.replication.divergence;

import org.jspecify.annotations.Nullable;

/**
 * A table, an index, a view or a trigger that a diverged database has otherwise than the
 * log.
 *
 * @param type {@code table}, {@code index}, {@code view} or {@code trigger}
 * @param name its name
 * @param base its SQL where the database left the log; null if it was not there, or if
 * that state is not known
 * @param diverged its SQL in the diverged database, null if it is not there
 * @param log its SQL in the log, null if it is not there
 * @param conflict whether the log has changed it as well since
 */
public record SchemaDifference(String type, String name, @Nullable String base, @Nullable String diverged,
		@Nullable String log, boolean conflict) {

}
