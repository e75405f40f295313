package org.entente.gateway.cli.text;

import java.util.List;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.InvalidValue;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.DeskAddress;

/** Parser of desks on the command line, such as {@code fr.customs/narcotics}. */
public final class DeskAddressParser {
  private DeskAddressParser() {}

  /** Whether a word names a desk rather than an agency. */
  public static boolean isDesk(String word) {
    return word.indexOf('/') >= 0;
  }

  /**
   * The desk that a word names.
   *
   * @throws UsageError naming the option if the word is not a desk
   */
  public static DeskAddress of(String option, String word) {
    int slash = word.indexOf('/');
    try {
      if (slash < 0) {
        throw new InvalidValue("a desk is written AGENCY/DESK, as in fr.customs/narcotics", word);
      }
      return DeskAddress.newBuilder()
          .setAgency(new AgencyName(word.substring(0, slash)).value())
          .setDesk(new DeskName(word.substring(slash + 1)).value())
          .build();
    } catch (InvalidValue e) {
      throw new UsageError(option + ": " + e.getMessage(), e);
    }
  }

  /** The addressing to agencies, some of them at desks. */
  public static Addressing addressing(String option, List<String> words) {
    Addressing.Builder to = Addressing.newBuilder();
    for (String word : words) {
      if (isDesk(word)) {
        to.addDesks(of(option, word));
      } else {
        to.addAgencies(word);
      }
    }
    return to.build();
  }
}
