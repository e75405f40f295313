package org.entente.gateway.config;

import static org.entente.gateway.config.ConfigBounds.bounded;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Names of score bands for received messages.
 *
 * @param bands at most 10, in any order; a score belongs to the band with the highest start that is
 *     not above it
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RiskConfig(@Nullable List<Band> bands) {
  /** No bands. */
  public static final RiskConfig UNNAMED = new RiskConfig(List.of());

  public RiskConfig {
    bands = bands == null ? List.of() : List.copyOf(bands);
    if (bands.size() > 10) {
      throw new IllegalArgumentException("risk.bands has more than 10 bands");
    }
    if (bands.stream().map(Band::name).distinct().count() < bands.size()
        || bands.stream().map(Band::fromPerMille).distinct().count() < bands.size()) {
      throw new IllegalArgumentException("risk.bands contains a name or a start twice");
    }
  }

  /** The bands. */
  public List<Band> bandsInForce() {
    return Objects.requireNonNull(bands);
  }

  /**
   * A band of scores.
   *
   * @param name 1 to 20 characters: a capital letter, then of {@code A-Z 0-9 _}
   * @param fromPerMille where it begins, in thousandths, 0 to 1,000
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Band(String name, int fromPerMille) {
    public Band {
      Objects.requireNonNull(name, "risk.bands.name");
      if (!name.matches("[A-Z][A-Z0-9_]{0,19}")) {
        throw new IllegalArgumentException(
            "risk.bands.name must be 1 to 20 characters, a capital letter, then of A-Z 0-9 _");
      }
      fromPerMille = bounded("risk.bands.from_per_mille", fromPerMille, 0, 0, 1_000);
    }
  }
}
