package org.entente.gateway.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes a component of a record that YAML files are read into, beyond its type, for authors of
 * such files in an editor ({@link JsonSchemas}). The reader ignores it; the validation of each file
 * decides.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface SchemaDescription {
  /** The meaning of the field, in one line. */
  String value();

  /** Least number. */
  long least() default Long.MIN_VALUE;

  /** Greatest number. */
  long most() default Long.MAX_VALUE;

  /** Most characters of a text, which must then not be empty; 0 for no bound. */
  int longest() default 0;

  /** The form of a text, as a regular expression. */
  String form() default "";

  /** Name of the vocabulary for a text, the elements of a list or the keys of a map. */
  String oneOf() default "";
}
