package org.entente.gateway.cli.request;

import org.entente.gateway.model.InvalidValue;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts the hours until an answer is due, which gateways limit to 366 days. */
final class AnswerHours implements ITypeConverter<Integer> {
  private static final int MOST = 366 * 24;

  @Override
  public Integer convert(String text) {
    try {
      int hours = Integer.parseInt(text);
      if (hours >= 1 && hours <= MOST) {
        return hours;
      }
    } catch (NumberFormatException e) {
      throw refused(text);
    }
    throw refused(text);
  }

  private static TypeConversionException refused(String text) {
    return new TypeConversionException(
        "'%s' is no whole number of hours from 1 to %d"
            .formatted(InvalidValue.printable(text), MOST));
  }
}
