/**
 * The records of the nodes in a NATS JetStream key-value bucket.
 */
@NullMarked
package io.hacluster.member.nats;

import org.jspecify.annotations.NullMarked;
