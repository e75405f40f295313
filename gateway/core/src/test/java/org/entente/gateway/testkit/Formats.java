package org.entente.gateway.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The parsers of one package that take what a peer, a client or an operator wrote, each with the
 * law that it owes and good examples.
 *
 * <p>The law of most formats is that what parses encodes to the same bytes, and that everything
 * else is refused in the one way that the parser declares: any other throwable is a finding.
 * Immutable but for {@link #with}.
 */
public final class Formats {
  private final String name;
  private final List<Format> formats = new ArrayList<>();

  /** What a parser owes for any bytes at all. */
  @FunctionalInterface
  public interface FormatLaw {
    /**
     * Gives it the bytes; whether they were taken.
     *
     * @throws AssertionError if the law is broken
     */
    boolean takes(byte[] input);
  }

  /** One format by its name. */
  private record Format(String name, FormatLaw law, Supplier<List<byte[]>> examples) {}

  /** No formats yet of the package named so. */
  public Formats(String name) {
    this.name = name;
  }

  /** Adds a format; examples are made when asked for and must be taken. */
  public Formats with(String format, FormatLaw law, Supplier<List<byte[]>> examples) {
    formats.add(new Format(format, law, examples));
    return this;
  }

  /** The law of a strict parser: empty, or the same bytes again. */
  public static FormatLaw same(Function<byte[], Optional<byte[]>> parseAndEncode) {
    return input -> {
      Optional<byte[]> again = parseAndEncode.apply(input);
      again.ifPresent(bytes -> assertArrayEquals(input, bytes, "not the same bytes again"));
      return again.isPresent();
    };
  }

  /** The law of a strict parser that refuses by an exception of a declared type. */
  public static FormatLaw same(
      Class<? extends RuntimeException> refusal, Function<byte[], byte[]> parseAndEncode) {
    return input -> {
      byte[] again;
      try {
        again = parseAndEncode.apply(input);
      } catch (RuntimeException e) {
        if (refusal.isInstance(e)) {
          return false;
        }
        throw e;
      }
      assertArrayEquals(input, again, "not the same bytes again");
      return true;
    };
  }

  /** The package's name. */
  public String name() {
    return name;
  }

  /** The formats' names, in order. */
  public List<String> names() {
    return formats.stream().map(Format::name).toList();
  }

  /** Good examples of a format. */
  public List<byte[]> examples(String format) {
    return find(format).examples().get();
  }

  /** Gives bytes to the parser of a format; whether it took them. */
  public boolean takes(String format, byte[] input) {
    return find(format).law().takes(input);
  }

  private Format find(String format) {
    return formats.stream()
        .filter(each -> each.name().equals(format))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no format " + name + "/" + format));
  }
}
