/**
 * Leases in a NATS JetStream key-value bucket.
 */
@NullMarked
package io.hacluster.election.nats;

import org.jspecify.annotations.NullMarked;
