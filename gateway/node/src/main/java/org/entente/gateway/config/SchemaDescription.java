package org.entente.gateway.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What is to be said of a component of a record that YAML files are read into, beside its type: for
 * whoever writes such a file in an editor ({@link JsonSchemas}). The reader itself does not look at
 * it; what a file may say is decided where it is checked.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface SchemaDescription {
  /** What the field says, in a line. */
  String value();

  /** Least number. */
  long least() default Long.MIN_VALUE;

  /** Greatest number. */
  long most() default Long.MAX_VALUE;

  /** Most characters of a text, which is then not empty; 0 for no bound. */
  int longest() default 0;

  /** The form of a text, as a regular expression. */
  String form() default "";

  /** Name of the vocabulary that a text, the elements of a list or the keys of a map are from. */
  String oneOf() default "";
}
