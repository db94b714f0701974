package io.hacluster.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Puts a {@link TestLeadership} in the place of the cluster: for a test class that starts
 * an application context, such as that of {@code @SpringBootTest}. There is no election,
 * no NATS, no database, no virtual IP and no backend then, whatever is configured under
 * {@code ha.cluster}; the test decides who leads.
 * <p>
 * Each test method begins in the role that is declared here, whatever the one before it
 * has left.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface AutoConfigureTestLeadership {

	/**
	 * Whether this node leads when a test method begins. By default it follows, and
	 * nobody leads.
	 * @return whether leadership is granted when the application starts, and again before
	 * a test method if it has been revoked
	 */
	boolean leader() default false;

}
