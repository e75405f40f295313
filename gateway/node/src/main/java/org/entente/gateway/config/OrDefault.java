package org.entente.gateway.config;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A whole number that may be left out; it is then 0, for which its record has a default. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.FIELD, ElementType.METHOD})
@JacksonAnnotationsInside
@JsonDeserialize(using = OrDefault.WholeNumber.class)
@interface OrDefault {
  /** Reads such a number as strictly as any other. */
  final class WholeNumber extends StdDeserializer<Integer> {
    private static final long serialVersionUID = 1L;

    WholeNumber() {
      super(int.class);
    }

    @Override
    public Integer deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return _parseIntPrimitive(parser, context);
    }

    @Override
    public Integer getAbsentValue(DeserializationContext context) {
      return 0;
    }

    @Override
    public LogicalType logicalType() {
      return LogicalType.Integer;
    }
  }
}
