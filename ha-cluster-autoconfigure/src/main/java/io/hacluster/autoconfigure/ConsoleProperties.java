package io.hacluster.autoconfigure;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The page that shows the cluster, below {@code ha.cluster.console}.
 *
 * @param enabled Whether a page at "/ha" shows the cluster, live.
 */
public record ConsoleProperties(@DefaultValue("false") boolean enabled) {
}
