package org.entente.gateway.feature.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * Splits text into words: by the word boundaries of Unicode (UAX 29), without case and diacritics,
 * alike in every language. Frequent words are kept. Pure.
 */
final class WordTokenizer {
  /**
   * Diacritics and invisible characters; the latter, hidden in a word, would keep it from being
   * found.
   */
  private static final Pattern MARKS = Pattern.compile("[\\p{M}\\p{Cf}]+");

  private WordTokenizer() {}

  /** Splits a text made by {@link #plain} into words. */
  static Analyzer analyzer() {
    return new StandardAnalyzer();
  }

  /** A text without diacritics, invisible characters and compatibility forms. */
  static String plain(String text) {
    return MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKD)).replaceAll("");
  }

  /** The words of a text, as in the index. */
  static List<String> of(String text) {
    List<String> out = new ArrayList<>();
    try (Analyzer analyzer = analyzer();
        TokenStream stream = analyzer.tokenStream("", plain(text))) {
      CharTermAttribute word = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        out.add(word.toString());
      }
      stream.end();
    } catch (IOException e) {
      // The text is in memory, so this cannot happen.
      throw new UncheckedIOException(e);
    }
    return out;
  }
}
