package org.entente.gateway.cli.call;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The field of a request that an option or argument fills, where its name does not say so. A path
 * from the request, or from its draft, without indexes, as {@code to} or {@code label.in_reply_to};
 * it includes the fields below. Errors then name the option, as {@link FieldOptions} describes.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface RequestField {
  String[] value();
}
