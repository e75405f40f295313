package org.entente.gateway.cli.text;

import java.math.BigDecimal;
import java.util.List;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.proto.v1.RiskIndicator;

/** Parser and formatter of scores, 0 to 100 with one decimal, and of their indicators. */
public final class ScoreText {
  private static final int MOST = 100;

  private ScoreText() {}

  /** The thousandths of a score given for an option. */
  public static int perMille(String option, String text) {
    try {
      BigDecimal score = new BigDecimal(text);
      if (score.signum() >= 0 && score.compareTo(BigDecimal.valueOf(MOST)) <= 0) {
        return score.movePointRight(1).intValueExact();
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Reported below: not a number, or more decimals.
    }
    throw new UsageError(option + ": must be a number from 0 to 100 with one decimal at most");
  }

  /** A score as text. */
  public static String of(int perMille) {
    return BigDecimal.valueOf(perMille, 1).toPlainString();
  }

  /** An indicator given as {@code CODE[:WEIGHT[:TEXT]]}. */
  public static RiskIndicator indicator(String text) {
    List<String> parts = List.of(text.split(":", 3));
    try {
      return RiskIndicator.newBuilder()
          .setCode(parts.get(0))
          .setWeight(parts.size() > 1 ? Integer.parseInt(parts.get(1)) : 0)
          .setText(parts.size() > 2 ? parts.get(2) : "")
          .build();
    } catch (NumberFormatException e) {
      throw new UsageError(
          "--indicator: the weight must be a number from -1000 to 1000, as in X_ROUTE:400", e);
    }
  }
}
