package io.hacluster.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.hacluster.console.ConsoleAccess;

/**
 * The page that shows the cluster, below {@code ha.cluster.console}.
 *
 * @param enabled Whether a page at "/ha" shows the cluster, live.
 * @param access What those who see the page may do, but never more than
 * "management.endpoints.access.max-permitted". Falls back to what they could do at the
 * endpoint "leader" over the web, but no more than look if Actuator has a port of its
 * own.
 */
public record ConsoleProperties(@DefaultValue("false") boolean enabled, @Nullable ConsoleAccess access) {
}
