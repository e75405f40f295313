package org.entente.gateway.cli.call;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import picocli.CommandLine.ITypeConverter;

/** Converts an agency's name. */
public final class AgencyConverter implements ITypeConverter<String> {
  @Override
  public String convert(String name) {
    try {
      return new AgencyName(name.strip()).value();
    } catch (InvalidValue e) {
      throw ValueConverters.refused(
          name,
          "is not an agency; valid is two letters or x, a dot and a name, such as fr.customs");
    }
  }
}
