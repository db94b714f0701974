/**
 * The nodes of a cluster as they tell one another: who is there, how each is, which terms
 * there have been, and what an operator has asked of all of them. None of it decides who
 * may lead: that is the lease's.
 */
@NullMarked
package io.hacluster.member;

import org.jspecify.annotations.NullMarked;
