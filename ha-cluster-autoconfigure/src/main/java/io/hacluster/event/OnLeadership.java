package io.hacluster.event;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.AliasFor;

/**
 * Marks a bean method that is called when this node has become the leader. The method may
 * take the {@link LeadershipGrantedEvent} or nothing.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@EventListener(LeadershipGrantedEvent.class)
public @interface OnLeadership {

	/**
	 * SpEL expression that must be true for the method to be called.
	 * @return the expression, empty for always
	 */
	@AliasFor(annotation = EventListener.class, attribute = "condition")
	String condition() default "";

}
