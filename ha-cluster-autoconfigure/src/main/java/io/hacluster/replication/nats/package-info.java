/**
 * The log on a NATS JetStream Object Store bucket.
 */
@NullMarked
package io.hacluster.replication.nats;

import org.jspecify.annotations.NullMarked;
