/**
 * The two fixed sequences: becoming leader in nine steps, and stepping down in six.
 * <p>
 * {@link io.hacluster.lifecycle.ClusterLifecycle} takes signals on one thread, asks a
 * small state machine what they mean, and runs the sequences on another. Each step has a
 * name, a timeout of its own, and a re-check of the lease before it; each part of the
 * node (replication, virtual IP, backend) is driven on a thread of its own, so that one
 * that blocks keeps no other from being stopped. Safety rests on the deadline of the
 * lease and the fence of the log, never on the state of the machine.
 * <p>
 * A backend that ends by itself makes its node step down and stand aside for one lease
 * duration, so that another node can take over. A backend that is merely unhealthy is
 * reported and stays.
 */
@NullMarked
package io.hacluster.lifecycle;

import org.jspecify.annotations.NullMarked;
