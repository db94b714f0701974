package io.hacluster.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Matches where the application takes part in a cluster: something is configured under
 * {@code ha.cluster}, and {@code ha.cluster.enabled} is not false.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnHaClusterCondition.class)
@interface ConditionalOnHaCluster {

}
