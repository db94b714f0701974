/**
 * What can be asked of the cluster, as a service on NATS that its tools find.
 */
@NullMarked
package io.hacluster.operation.nats;

import org.jspecify.annotations.NullMarked;
