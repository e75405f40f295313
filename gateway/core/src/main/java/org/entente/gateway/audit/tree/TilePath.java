package org.entente.gateway.audit.tree;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Path of a tile or of an entry bundle in C2SP tlog-tiles: {@code tile/<L>/<N>[.p/<W>]} or {@code
 * tile/entries/<N>[.p/<W>]}.
 *
 * <p>{@code parse(p)} returns empty or a value whose {@link #path()} is {@code p}, so that no
 * unchecked caller text reaches a file system. Tile {@code n} of level {@code l} starts at node
 * {@code 256 n} of tree level {@code 8 l}.
 *
 * @param kind hashes or entries
 * @param level tile level 0 to 63 (tree level divided by 8); 0 for entries
 * @param index index within the level, 0 or more
 * @param width how many hashes or entries: 256, or 1 to 255 for a partial tile
 */
public record TilePath(Kind kind, int level, long index, int width) {

  /** How many hashes a full tile holds. */
  public static final int FULL_WIDTH = 256;

  /** How many levels of the tree one tile spans. */
  public static final int HEIGHT = 8;

  private static final int MAX_LEVEL = 63;
  private static final int GROUP = 3;

  /** At most six groups, 10^18 - 1: far beyond any log, and within a long. */
  private static final Pattern FORM =
      Pattern.compile(
          "tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([0-9]{1,3}))?");

  private static final long MAX_INDEX = 999_999_999_999_999_999L;

  /** What a tile holds. */
  public enum Kind {
    /** Node hashes, 32 bytes each. */
    HASHES,
    /** Leaf data, each after its length as a big-endian uint16. */
    ENTRIES
  }

  /** Checks the bounds; a path from outside goes through {@link #parse} instead. */
  public TilePath {
    if (!fits(kind, level, width) || index < 0 || index > MAX_INDEX) {
      throw new IllegalArgumentException("no such tile: " + level + ", " + index + ", " + width);
    }
  }

  private static boolean fits(Kind kind, int level, int width) {
    int highest = kind == Kind.ENTRIES ? 0 : MAX_LEVEL;
    return level >= 0 && level <= highest && width >= 1 && width <= FULL_WIDTH;
  }

  /** Reads a path without leading slash; empty unless it is exactly what {@link #path()} writes. */
  public static Optional<TilePath> parse(String path) {
    Matcher form = FORM.matcher(path);
    if (!form.matches()) {
      return Optional.empty();
    }
    String where = form.group(1);
    String partial = form.group(3);
    Kind kind = "entries".equals(where) ? Kind.ENTRIES : Kind.HASHES;
    int level = kind == Kind.ENTRIES ? 0 : Integer.parseInt(where);
    int width = partial == null ? FULL_WIDTH : Integer.parseInt(partial);
    if (!fits(kind, level, width)) {
      return Optional.empty();
    }
    long index = Long.parseLong(form.group(2).replace("x", "").replace("/", ""));
    TilePath tile = new TilePath(kind, level, index, width);
    // This refuses leading zeros, empty leading groups and an explicit width of 256.
    return tile.path().equals(path) ? Optional.of(tile) : Optional.empty();
  }

  /** True when the tile is not full; larger trees replace it with a wider one. */
  public boolean isPartial() {
    return width < FULL_WIDTH;
  }

  /** The path, relative to the log's prefix, of ASCII letters, digits, dots and slashes. */
  public String path() {
    StringBuilder path = new StringBuilder("tile/");
    path.append(kind == Kind.ENTRIES ? "entries" : Integer.toString(level)).append('/');
    String digits = Long.toString(index);
    String padded = "0".repeat((GROUP - digits.length() % GROUP) % GROUP) + digits;
    for (int i = 0; i < padded.length(); i += GROUP) {
      boolean last = i + GROUP == padded.length();
      path.append(last ? "" : "x").append(padded, i, i + GROUP).append(last ? "" : "/");
    }
    return isPartial() ? path.append(".p/").append(width).toString() : path.toString();
  }
}
